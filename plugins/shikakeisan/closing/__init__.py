"""異動締め (D-3, C-5): the twice-monthly close, and the files of changes for other systems."""
