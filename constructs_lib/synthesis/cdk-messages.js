// Connects the CDK's process to Python without the process that jsii puts between them: answers go to file 4, and
// what is printed goes, as jsii's process would send it, to file 2 in lines of JSON.
const fs = require("fs");

const write = fs.writeSync;
fs.writeSync = (file, ...rest) => write(file === 3 ? 4 : file, ...rest);

for (const stream of ["stdout", "stderr"]) {
  process[stream].write = (text, encoding, done) => {
    const bytes = Buffer.from(text, typeof encoding === "string" ? encoding : "utf8");
    write(2, JSON.stringify({ [stream]: bytes.toString("base64") }) + "\n");
    const told = typeof encoding === "function" ? encoding : done;
    if (told) process.nextTick(told);
    return true;
  };
}
