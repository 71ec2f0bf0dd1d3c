"""The files for machines, containers and clusters, each held against the linter of its own vendor."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rig.server import ACCOUNT, KEYS, TOKEN

from ivr.commands.prepare import command as prepare
from ivr.commands.serve import command as serve
from ivr.depot import EXPORTS, INBOX
from ivr.settings import Settings, read_settings
from tests.conftest import REQUIRED, ROOT

DEPLOY = ROOT / "deploy"
CLUSTER = "1.32"  # whose schemas the manifests are held against
EXPOSED = "30"  # of 100, as systemd reckons it: at most so open to the rest of the machine may a unit be
COMMANDS = {"serve": serve, "prepare": prepare}
SECRETS = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "IVR_SECRET_KEYS": KEYS}


def tool(name: str) -> str:
    """Find a program, in the environment or on the machine."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if found is None:
        assert not REQUIRED, f"CI=true requires {name}"
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units, their program being that of this environment."""
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text().replace("/opt/ivr/bin/ivr", str(Path(sys.executable).parent / "ivr"))
        (tmp_path / path.name).write_text(text)
    return sorted(tmp_path.iterdir())


def test_systemd_finds_nothing_to_say_of_the_units(units: list[Path]) -> None:
    command = [tool("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", *map(str, units)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_node_is_shut_in_by_systemd(units: list[Path]) -> None:
    (node,) = [path for path in units if path.name == "ivr.service"]
    command = [tool("systemd-analyze"), "security", "--offline=true", f"--threshold={EXPOSED}", str(node)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr


def told_in(here: Path, environ: dict[str, str]) -> Settings:
    """What a process is told that begins in this folder."""
    before = Path.cwd()
    os.chdir(here)
    try:
        return read_settings(SECRETS | environ)
    finally:
        os.chdir(before)


def written(settings: Settings) -> set[Path]:
    """The folders that a node writes to where there is no bucket."""
    return {settings.data, settings.spool, settings.recordings / INBOX, settings.recordings / EXPORTS}


def test_all_that_a_node_writes_lies_where_systemd_lets_it(tmp_path: Path) -> None:
    for name in ("ivr.service", "ivr-backup.service"):
        lines = [line.partition("=") for line in (DEPLOY / "systemd" / name).read_text().splitlines()]
        (kept,) = [value.split() for key, _, value in lines if key == "StateDirectory"]
        environ = dict(value.split("=", 1) for key, _, value in lines if key == "Environment")
        settings = told_in(tmp_path, environ)
        # Prompts that staff record by phone are put to the working copy.
        for folder in written(settings) | {settings.recordings / "prompts"}:
            assert any(folder.is_relative_to(f"/var/lib/{each}") for each in kept), f"{name}: {folder}"


def test_the_image_is_made_as_its_linter_wishes() -> None:
    file = DEPLOY / "containers" / "Dockerfile"
    done = subprocess.run([tool("hadolint"), "--format=json", str(file)], capture_output=True, text=True, check=False)
    assert json.loads(done.stdout) == []


def test_the_image_takes_what_is_there_and_runs_without_rights() -> None:
    lines = (DEPLOY / "containers" / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    words = [shlex.split(line) for line in lines if line and not line.startswith("#")]
    copied = [source for word in words if word[0] == "COPY" and "--from" not in word[1] for source in word[1:-1]]
    let_in = (ROOT / ".dockerignore").read_text()
    for source in copied:
        assert (ROOT / source).exists(), source
        assert f"!{source.partition('/')[0]}\n" in let_in, f"{source} never reaches the build"
    assert [word[1] for word in words if word[0] == "USER"] == ["10001:10001"]
    locks = [name for word in words for name in word if name.endswith(".lock") and word[0] == "RUN"]
    assert locks == ["requirements-build.lock", "requirements-s3.lock"]
    assert all("--require-hashes" in word for word in words if "requirements-s3.lock" in word and word[0] == "RUN")


def test_every_container_of_ours_has_no_rights_and_a_root_that_it_cannot_write_to() -> None:
    told = yaml.safe_load((DEPLOY / "containers" / "compose.yaml").read_text())
    ours = {name: each for name, each in told["services"].items() if each["image"] == "ivr"}
    assert sorted(ours) == ["one", "prepare", "two"]
    for each in ours.values():
        assert each["read_only"]
        assert each["cap_drop"] == ["ALL"]
        assert each["security_opt"] == ["no-new-privileges:true"]
        assert any(volume.endswith(":/data") for volume in each["volumes"])
    assert ours["one"]["hostname"] != ours["two"]["hostname"]
    named = set(told["volumes"])
    assert {volume.partition(":")[0] for each in ours.values() for volume in each["volumes"]} <= named


def test_all_that_a_container_of_ours_writes_lies_in_a_volume_that_its_user_may_write_to(tmp_path: Path) -> None:
    told = yaml.safe_load((DEPLOY / "containers" / "compose.yaml").read_text())
    text = (DEPLOY / "containers" / "Dockerfile").read_text().replace("\\\n", " ")
    environ = dict(word.split("=", 1) for word in re.findall(r"^ENV (.*IVR_DATA.*)$", text, re.MULTILINE)[0].split())
    (home,) = re.findall(r"^WORKDIR (/hotline)$", text, re.MULTILINE)
    (made,) = re.findall(r"install -d -m 0700 -o ivr -g ivr (.*)", text)
    for name in ("one", "two"):
        node = told["services"][name]
        settings = told_in(tmp_path, environ | node["environment"])
        folders = {str(path).replace(str(tmp_path), home) for path in written(settings)}
        mounted = [volume.partition(":")[2] for volume in node["volumes"]]
        assert set(mounted) == set(made.split())  # a new volume is the user's whose folder it is in the image
        for folder in folders:
            assert any(Path(folder).is_relative_to(place) for place in mounted), f"{name}: {folder}"


def test_the_balancer_of_the_containers_finds_the_nodes_by_their_names() -> None:
    told = yaml.safe_load((DEPLOY / "containers" / "compose.yaml").read_text())
    script = re.search(r"sed .*nginx\.conf", told["services"]["balancer"]["command"][2])
    assert script is not None
    here = script[0].replace("/etc/nginx/shipped.conf", str(DEPLOY / "balancer" / "nginx.conf")).partition(" > ")[0]
    written = subprocess.run(["sh", "-c", here], capture_output=True, text=True, check=True).stdout
    assert re.findall(r"server (\S+) max", written) == ["one:8000", "two:8000", "one:8001", "two:8001"]
    assert "127.0.0.1" not in written


def manifests() -> list[dict[str, Any]]:
    folder = DEPLOY / "kubernetes"
    listed = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
    assert sorted([*listed, "kustomization.yaml"]) == sorted(path.name for path in folder.iterdir())
    return [each for name in listed for each in yaml.safe_load_all((folder / name).read_text())]


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for each in manifests():
        if each["kind"] in {"StatefulSet", "Deployment", "Job"}:
            yield each["metadata"]["name"], each["spec"]["template"]["spec"] | {"volumes": [
                *each["spec"]["template"]["spec"].get("volumes", []),
                *({"name": claim["metadata"]["name"]} for claim in each["spec"].get("volumeClaimTemplates", [])),
            ]}  # fmt: skip


def test_every_manifest_fits_the_schema_of_the_cluster() -> None:
    import kubernetes_validate

    for each in manifests():
        kubernetes_validate.validate(each, CLUSTER, strict=True)


def test_a_manifest_with_a_slip_is_refused() -> None:
    import kubernetes_validate

    (voice,) = [each for each in manifests() if each["kind"] == "StatefulSet" and each["metadata"]["name"] == "voice"]
    voice["spec"]["replicaz"] = 2
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(voice, CLUSTER, strict=True)


def test_the_manifests_are_put_together_by_the_clusters_own_program() -> None:
    if (kubectl := shutil.which("kubectl")) is None:
        pytest.skip("kubectl is not installed")
    command = [kubectl, "kustomize", str(DEPLOY / "kubernetes")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    built = list(yaml.safe_load_all(done.stdout))
    assert len(built) == len(manifests())


def test_every_pod_runs_without_rights_within_bounds_and_a_command_of_ours() -> None:
    found = dict(pods())
    assert sorted(found) == ["jobs", "pages", "prepare", "voice"]
    for name, pod in found.items():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert not pod["automountServiceAccountToken"], name
        (container,) = pod["containers"]
        rights = container["securityContext"]
        assert rights["readOnlyRootFilesystem"], name
        assert rights["capabilities"] == {"drop": ["ALL"]}, name
        assert container["resources"]["requests"], name
        assert container["resources"]["limits"]["memory"], name
        assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
        word, *options = container["args"]
        COMMANDS[word].make_context(word, options)  # raises where an option is none of ours
        assert (container.get("livenessProbe") is None) == (name == "prepare")


def test_a_person_stays_with_one_pod_of_the_pages_by_a_cookie() -> None:
    (way,) = [each for each in manifests() if each["kind"] == "Ingress"]
    assert way["metadata"]["annotations"]["nginx.ingress.kubernetes.io/affinity"] == "cookie"
    (rule,) = way["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    (service,) = [each for each in manifests() if (each["kind"], each["metadata"]["name"]) == ("Service", "pages")]
    told = path["backend"]["service"]
    assert (told["name"], told["port"]["name"]) == ("pages", service["spec"]["ports"][0]["name"])
    (settings,) = [each["data"] for each in manifests() if each["kind"] == "ConfigMap"]
    assert settings["CONSOLE_URL"] == f"https://{rule['host']}"


def test_who_keeps_something_keeps_it_on_a_disk_that_stays() -> None:
    kinds = {each["metadata"]["name"]: each for each in manifests() if each["kind"] in {"StatefulSet", "Deployment"}}
    assert {name: each["kind"] for name, each in kinds.items()} == {
        "voice": "StatefulSet",
        "jobs": "StatefulSet",
        "pages": "Deployment",
    }
    guarded = {
        each["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"]
        for each in manifests()
        if each["kind"] == "PodDisruptionBudget"
    }
    assert guarded == set(kinds)
    assert all(each["spec"]["replicas"] >= 2 for each in kinds.values())
