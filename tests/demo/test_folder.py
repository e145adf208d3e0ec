"""A demo that isn't whole is never gone on with."""

from pathlib import Path

from bot.demo.folder import Folder


def lived_in(data_dir: Path) -> Folder:
    folder = Folder(data_dir)
    folder.clear()
    for name in ("demo.db", "demo.db-wal", "demo.db-shm", "demo-phones.json"):
        (data_dir / name).write_text("lived in")
    (data_dir / "demo-phones.files").mkdir()
    (data_dir / "demo-phones.files" / "1").write_text("a photo")
    (data_dir / "secret.key").write_text("stays")
    folder.finish()
    return folder


def test_an_empty_folder_holds_no_demo(tmp_path: Path) -> None:
    assert not Folder(tmp_path).is_whole


def test_a_demo_whose_founding_was_cut_short_is_not_whole(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.clear()
    folder.base.write_text("half")
    assert not Folder(tmp_path).is_whole
    folder.finish()
    assert Folder(tmp_path).is_whole


def test_whoever_asks_for_a_new_school_is_remembered_over_a_kill(tmp_path: Path) -> None:
    lived_in(tmp_path).give_up()
    assert not Folder(tmp_path).is_whole


def test_clearing_takes_the_base_the_chats_and_their_files_and_nothing_else(tmp_path: Path) -> None:
    folder = lived_in(tmp_path)
    assert folder.is_whole
    folder.clear()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo-is-not-whole", "secret.key"]
    folder.clear()  # a second time, after a kill between the two
    assert not folder.is_whole
