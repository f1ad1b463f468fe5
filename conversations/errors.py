"""Refusals of conversations."""

from kernel.errors import Conflict, Invalid, NotFound


class UnknownThread(NotFound):
    """There is no such conversation, or it is not yours to see."""

    code = "unknown-thread"
    title = "Unknown conversation"
    way_out = "Look for it in the queue, or in the customer's file."


class NothingSaid(Invalid):
    """An empty message would be sent."""

    code = "nothing-said"
    title = "Nothing was said"
    way_out = "Write a message of 1 to 4,000 signs."


class NobodyToAnswer(Conflict):
    """Nobody knows where an answer could go: neither an e-mail address nor a number is known."""

    code = "nobody-to-answer"
    title = "No address to answer to"
    way_out = "Ask who it is, or call them; then note what was said."


class ThreadTaken(Conflict):
    """Somebody else answers this conversation already."""

    code = "thread-taken"
    title = "Somebody else answers"
    way_out = "Take the next one, or have them hand it over to you."


class NothingWaits(Conflict):
    """The conversation waits for no answer of ours: there is nothing to hand over."""

    code = "nothing-waits"
    title = "It does not wait for us"
    way_out = "Answer it yourself, or leave a note."


class ThreadClosed(Conflict):
    """The conversation has ended; a new message of the customer opens it again."""

    code = "thread-closed"
    title = "The conversation has ended"
    way_out = "Open a new one with the customer."


class UnknownAnswer(NotFound):
    """There is no such answer, or it is not published."""

    code = "unknown-answer"
    title = "Unknown answer"
    way_out = "Look for it in the list of answers."


class AnswerChanged(Conflict):
    """Somebody else changed this answer in the meantime; `version` is the present one."""

    code = "answer-changed"
    title = "The answer was changed meanwhile"
    way_out = "Read it as it is now, and change it again."


class AnswerIncomplete(Invalid):
    """An answer lacks its question or its text in a language."""

    code = "answer-incomplete"
    title = "The answer is not complete"
    way_out = "Give question and text in French and English."


class ScoreOutOfRange(Invalid):
    """A score is a whole number from 1 to 5."""

    code = "score-out-of-range"
    title = "Not a score"
    way_out = "Choose a number from 1 to 5."
