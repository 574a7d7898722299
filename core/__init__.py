"""The small core: identity, access control, storage, plug-in loading, jobs, settings. Knows no tax word."""
