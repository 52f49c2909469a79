# Once, when the instance is created: what the volume keeps.

readonly home=/home/ec2-user/SageMaker

if [[ ! -e "$home/README.md" ]]; then
  install -o ec2-user -g ec2-user -m 0644 /dev/stdin "$home/README.md" <<'END'
# Your workbench

- Open `quickstart.ipynb` and run it from top to bottom.
- Only this folder survives a stop; packages you install elsewhere are gone after it.
- The instance stops itself when nobody has worked for a while, and every night. Running cells,
  terminals in use and background processes that compute are work; an open browser tab is not.
- Every name you need is an environment variable that starts with KIBAN_.
- If `quickstart.ipynb` is missing at a start, a fresh copy is put here. Yours is never touched.
END
fi
