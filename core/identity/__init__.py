"""Staff, departments, programs; how they sign in; sessions and tokens."""
