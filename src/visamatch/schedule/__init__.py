"""Cycles, tasks and deadlines: what is due by when."""

from visamatch.schedule.calendar import Calendar, Task, calendar

__all__ = ["Calendar", "Task", "calendar"]
