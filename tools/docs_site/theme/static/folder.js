// A browser refuses to a page that was opened from a folder to fetch another: for the excerpts of a
// search their contents come as a script.
if (location.protocol === "file:") {
  const root = document.documentElement.dataset.content_root;
  let contents;
  const load = () =>
    (contents ??= new Promise((loaded) => {
      const script = document.createElement("script");
      script.src = `${root}_static/contents.js`;
      script.onload = () => loaded(window.PAGE_CONTENTS);
      document.head.append(script);
    }));
  window.fetch = async (address) => {
    const page = address.slice(root.length).replace(/\.html$/, "");
    return { text: async () => (await load())[page] ?? "" };
  };
}
