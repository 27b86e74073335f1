"""What the machine says when a file cannot be read or written, as a sentence with what to do about it."""

import errno

FULL = (errno.ENOSPC, errno.EDQUOT)
GONE = (errno.ENOENT, errno.ESTALE, errno.ENODEV, errno.EIO, errno.ENOTCONN)


def in_words(error: OSError) -> tuple[str, str]:
    """Vietnamese, English."""
    path = error.filename or "?"
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return (
            f"Tài khoản đang dùng không có quyền với {path}. Hãy chạy bằng tài khoản sở hữu nó, hoặc xin cấp quyền.",
            f"This account may not use {path}. Run as the account that owns it, or ask for permission.",
        )
    if error.errno in FULL:
        return (
            f"Đĩa đã đầy khi ghi {path}. Hãy giải phóng chỗ rồi chạy lại.",
            f"The disk is full, writing {path}. Free some space, then run again.",
        )
    if error.errno in GONE:
        return (
            f"{path} không còn đọc được: tệp bị xóa, hoặc ổ mạng bị ngắt. Hãy kiểm tra rồi chạy lại.",
            f"{path} can no longer be read: it was deleted, or the network disk went away. Check it, then run again.",
        )
    return (f"Máy báo lỗi với {path}: {error.strerror}.", f"The machine reports a fault with {path}: {error.strerror}.")
