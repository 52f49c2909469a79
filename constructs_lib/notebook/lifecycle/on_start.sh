# At every start, as root, before Jupyter: what a stop has wiped, as only the home volume survives.

readonly program=/opt/workbench/auto_stop.py
readonly variables=/etc/profile.d/workbench.sh
readonly units=/etc/systemd/system
readonly ipython=/home/ec2-user/.ipython/profile_default/startup
readonly quickstart=/home/ec2-user/SageMaker/quickstart.ipynb

unpack() {
  base64 -d <<<"$1" | python3 -c 'import bz2, sys
sys.stdout.buffer.write(bz2.decompress(sys.stdin.buffer.read()))'
}

# Terminals are login shells and read profile.d; Python kernels read IPython's startup files.
install -D -m 0644 /dev/stdin "$variables" <<<"$VARIABLES"
install -d -o ec2-user -g ec2-user "${ipython%/*/*}" "${ipython%/*}" "$ipython"
install -o ec2-user -g ec2-user -m 0644 /dev/stdin "$ipython/00-workbench.py" <<END
import os, pathlib
for _line in pathlib.Path("$variables").read_text(encoding="utf-8").splitlines():
    _name, _, _value = _line.removeprefix("export ").partition("=")
    os.environ[_name] = _value
END

if [[ ! -e "$quickstart" ]]; then
  unpack "$QUICKSTART" | install -o ec2-user -g ec2-user -m 0644 /dev/stdin "$quickstart"
fi

# A timer and not cron, which minimal Amazon Linux 2023 leaves out.
unpack "$AUTO_STOP" | install -D -m 0644 /dev/stdin "$program"
install -m 0644 /dev/stdin "$units/workbench-auto-stop.service" <<END
[Unit]
Description=Stop this notebook instance when it is idle

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 $program --idle-minutes $IDLE_MINUTES
END
install -m 0644 /dev/stdin "$units/workbench-auto-stop.timer" <<END
[Unit]
Description=Look every five minutes whether this notebook instance is idle

[Timer]
OnActiveSec=5min
OnUnitActiveSec=5min

[Install]
WantedBy=timers.target
END
systemctl daemon-reload
systemctl --no-block start workbench-auto-stop.timer
