"""From blocks to files: blocks are spooled by file, then every file is written once, with its manifest."""
