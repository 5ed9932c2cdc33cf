const output = document.getElementById("whoami");

async function ask() {
  const { task, worker, stage } = await (await fetch("/api/whoami")).json();
  output.textContent = `task ${task}, worker ${worker}, stage ${stage}`;
}

ask();
setInterval(ask, 2000);
