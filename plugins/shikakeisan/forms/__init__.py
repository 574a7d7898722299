"""住民税申告書作成 (A-3): who gets a return form, counted before anything is printed, and the print files."""
