from launcher.conftest import agent, launcher

__all__ = ["agent", "launcher"]
