from click.testing import CliRunner
from menu.hotlines import CONFIG, OVER

from ivr.commands.check import command

MAIN = """\
main:
  look_up: https://crm.example.org/
  with: {authorization: "Bearer {credential.crm}", key: "{credential.shop}"}
  gives: {name: text}
  then: over
"""


def checked(tmp_path, **environ):
    (tmp_path / "menus").mkdir()
    (tmp_path / "config.yaml").write_text(CONFIG + "hosts: [crm.example.org]\n")
    (tmp_path / "menus" / "main.yaml").write_text(MAIN)
    (tmp_path / "menus" / "over.yaml").write_bytes(OVER)
    places = ["--config", str(tmp_path / "config.yaml"), "--menus", str(tmp_path / "menus")]
    return CliRunner().invoke(command, places, env=environ)


def test_a_check_names_the_secrets_that_the_environment_lacks(tmp_path):
    said = checked(tmp_path, IVR_CREDENTIAL_SHOP="s3cret")
    assert said.exit_code == 0
    assert "menus/main.yaml:3:25: missing-credential: the environment has no IVR_CREDENTIAL_CRM" in said.output
    assert "IVR_CREDENTIAL_SHOP" not in said.output


def test_a_check_says_nothing_where_all_are_there(tmp_path):
    said = checked(tmp_path, IVR_CREDENTIAL_SHOP="s3cret", IVR_CREDENTIAL_CRM="t0ken")
    assert "missing-credential" not in said.output
