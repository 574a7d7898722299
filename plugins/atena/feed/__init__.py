"""住記連携: messages of the resident register, applied in order, each once, on both clocks."""
