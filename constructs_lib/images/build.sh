# Run by CodeBuild in a shell of its own: no `exit` and no `set -e` in the shell itself. SageMaker
# runs plain Docker manifests: no attestations, no OCI media types. A tag is a content hash, so
# what exists under it need not be built again.
tag_exists() {
  aws ecr describe-images --repository-name "$REPOSITORY_NAME" \
    --image-ids "imageTag=$IMAGE_TAG" > /dev/null 2>&1
}
build_and_push() (
  set -o pipefail
  {
    aws ecr get-login-password |
      docker login --username AWS --password-stdin "${REPOSITORY_URI%%/*}" &&
      docker buildx build --platform linux/amd64 --provenance=false --sbom=false \
        --build-arg "VERSION=$IMAGE_TAG" --build-arg "SOURCE=$CODEBUILD_SOURCE_REPO_URL" \
        --output "type=image,name=$REPOSITORY_URI:$IMAGE_TAG,push=true,oci-mediatypes=false" .
  } 2>&1 | tee "${TMPDIR:-/tmp}/build.log"
)
# A step of the Dockerfile that failed is cited with its command, which may hold any of the words.
registry_failed() {
  grep -E 'failed to solve: |Error response from daemon: ' "${TMPDIR:-/tmp}/build.log" |
    grep -v 'process "' |
    grep -Eiq -e ': (429|5[0-9][0-9]) |toomanyrequests|no such host|server misbehaving' \
      -e 'timeout|deadline exceeded|connection (reset|refused)|: (unexpected )?EOF'
}
if tag_exists; then
  echo "$REPOSITORY_URI:$IMAGE_TAG exists already"
elif build_and_push; then
  echo "$REPOSITORY_URI:$IMAGE_TAG is pushed"
elif tag_exists; then
  echo "$REPOSITORY_URI:$IMAGE_TAG was pushed by another build"
elif registry_failed; then
  echo "A registry failed, and not the image: the workflow builds it again later"
  (exit 75)
else
  false
fi
