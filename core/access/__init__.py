"""Who may do what, and who did: permissions, the policy, masking, and the journal of one request."""
