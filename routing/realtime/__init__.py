"""The timetable as it is run now: patches of real time laid over a Network that stays as it was."""
