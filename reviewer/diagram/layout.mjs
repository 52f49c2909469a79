// Places the nodes and edges of several graphs with ELK: a list of graphs in, the same list placed out.
import ELK from "elkjs/lib/elk.bundled.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const elk = new ELK();
const placed = [];
for (const graph of JSON.parse(Buffer.concat(chunks).toString("utf-8"))) {
  placed.push(await elk.layout(graph));
}
process.stdout.write(JSON.stringify(placed));
