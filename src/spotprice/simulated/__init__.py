"""Ten exchanges on this machine: their formats, their failures, their slowness, all from a seed."""
