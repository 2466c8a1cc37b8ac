from tests.telephone import telephone

__all__ = ["telephone"]
