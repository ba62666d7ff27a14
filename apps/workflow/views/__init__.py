"""Pages of the engine: the worklist, the acts on one file, absences, routing rules, process tables."""
