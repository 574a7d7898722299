"""The commands of `juminzei` that belong to core itself; plug-ins bring their own by hook."""
