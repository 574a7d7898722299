"""当初賦課 (C-2): every person gets one outcome; assessments are revisions that explain themselves."""
