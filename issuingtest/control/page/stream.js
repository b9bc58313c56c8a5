// Follows the events of the sandbox. A tab that is hidden lets go of its stream, since a
// browser opens six connections to one host and no more, and goes on where it ended.

import { address, headers, renewToken } from "./api.js";

const silence = 40_000; // after which a connection counts as dead; the server says something every 15 s
const waits = [500, 1000, 2000, 4000, 8000];

export class Stream {
  /**
   * Events gets lists of events, one list a frame at most; state gets live, waiting or
   * paused; reset is called when the place in the stream is lost.
   */
  constructor({ events, state, reset }) {
    Object.assign(this, {
      events,
      state,
      reset,
      pending: [],
      failures: 0,
      cursor: "",
      stop: null,
      timer: 0,
      drawing: false,
    });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.pause() : this.connect()));
    window.addEventListener("online", () => this.connect());
  }

  start(cursor) {
    this.cursor = cursor;
    this.connect();
  }

  pause() {
    clearTimeout(this.timer);
    this.stop?.abort();
    this.stop = null;
    this.state("paused");
  }

  async connect() {
    if (this.stop !== null || this.cursor === "" || document.hidden) return;
    clearTimeout(this.timer);
    const stop = new AbortController();
    this.stop = stop;
    try {
      await this.follow(stop);
    } catch {
      // A connection that breaks is the ordinary end of one.
    }
    if (this.stop !== stop) return;
    this.stop = null;
    this.state("waiting");
    this.timer = setTimeout(() => this.connect(), waits[Math.min(this.failures++, waits.length - 1)]);
  }

  async follow(stop) {
    const response = await fetch(address("/v1/events", { after: this.cursor }), {
      headers: headers({ Accept: "text/event-stream" }),
      signal: stop.signal,
    });
    if (response.status === 401) {
      await renewToken();
      return;
    }
    if (!response.ok) return;
    this.failures = 0;
    this.state("live");
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    let watch = 0;
    for (;;) {
      clearTimeout(watch);
      watch = setTimeout(() => stop.abort(), silence);
      const { done, value } = await reader.read();
      if (done) break;
      const blocks = (text + value).split("\n\n");
      text = blocks.pop();
      for (const block of blocks) this.take(block);
    }
    clearTimeout(watch);
  }

  take(block) {
    const lines = {};
    for (const line of block.split("\n")) {
      const at = line.indexOf(": ");
      if (at > 0) lines[line.slice(0, at)] = line.slice(at + 2);
    }
    if (lines.id) this.cursor = lines.id;
    if (lines.event === "reset") {
      this.pending = [];
      this.reset();
    } else if (lines.data) {
      this.pending.push(JSON.parse(lines.data));
      this.draw();
    }
  }

  draw() {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      const list = this.pending;
      this.pending = [];
      if (list.length > 0) this.events(list);
    });
  }
}
