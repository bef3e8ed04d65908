"""From a measured spectrum to a predicted learning curve, and the learning curve measured."""

from numerics.prediction.measure import MAX_WIDTH
from numerics.prediction.study import WIDTH, Study, study
from numerics.prediction.task import CONTRAST, Task, image_task, labelled_task

__all__ = ["CONTRAST", "MAX_WIDTH", "WIDTH", "Study", "Task", "image_task", "labelled_task", "study"]
