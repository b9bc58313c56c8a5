package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds of a stream.
const (
	streamBatch     = 500
	streamCollect   = 50 * time.Millisecond // after an event, for what comes with it
	streamHeartbeat = 15 * time.Second
	streamWrite     = 10 * time.Second // after which a client that does not read is cut
)

// events answers with a page of events, or streams them where Accept asks for it.
func (c *call) events() *problem {
	if strings.Contains(c.r.Header.Get("Accept"), "text/event-stream") {
		return c.stream()
	}
	after, failed := c.after()
	if failed != nil {
		return failed
	}
	limit, failed := c.limit()
	if failed != nil {
		return failed
	}
	last, dropped := c.h.log.events.counts()
	after = max(after, dropped)
	items, _ := c.h.log.events.after(after, limit)
	if items == nil {
		items = []event{}
	}
	writeJSON(c.w, http.StatusOK, map[string]any{
		"events": items, "more": len(items) > 0 && items[len(items)-1].ID < last,
		"last_event": c.h.cursor(last), "dropped": dropped,
	})
	return nil
}

// after reads where a page of events begins: behind an event, by its id or its cursor,
// or with the first that is kept. A cursor of another process is before all.
func (c *call) after() (uint64, *problem) {
	text := c.query("after")
	if !strings.Contains(text, "-") {
		return number(text, 0)
	}
	n, lost := c.h.place(text)
	if lost {
		n = 0
	}
	return n, nil
}

// cursor names a place in the stream of this process.
func (h *Handler) cursor(n uint64) string { return h.boot + "-" + strconv.FormatUint(n, 10) }

// place reads a cursor. One of another process is lost.
func (h *Handler) place(cursor string) (n uint64, lost bool) {
	if cursor == "" {
		n, _ = h.log.events.counts()
		return n, false
	}
	text, ours := strings.CutPrefix(cursor, h.boot+"-")
	n, err := strconv.ParseUint(text, 10, 63)
	return n, !ours || err != nil
}

// stream sends events as Server-Sent Events from a cursor on, until the client or the
// handler ends it. A client that has lost its place is told to load everything again.
func (c *call) stream() *problem {
	cursor := c.r.Header.Get("Last-Event-ID")
	if cursor == "" {
		cursor = c.query("after")
	}
	at, lost := c.h.place(cursor)
	out := http.NewResponseController(c.w)
	_ = out.SetReadDeadline(time.Time{}) // a server's ReadTimeout would end the stream
	c.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	heartbeat := time.NewTimer(0)
	defer heartbeat.Stop()
	for {
		wake := c.h.log.waker() // before reading, so that nothing comes between
		items, gone := c.h.log.events.after(at, streamBatch)
		var text strings.Builder
		if lost || gone {
			lost = false
			at, _ = c.h.log.events.counts()
			fmt.Fprintf(&text, "event: reset\nid: %s\ndata: {}\n\n", c.h.cursor(at))
		}
		for _, e := range items {
			at = e.ID
			data, _ := json.Marshal(e)
			fmt.Fprintf(&text, "event: %s\nid: %s\ndata: %s\n\n", e.Kind, c.h.cursor(e.ID), data)
		}
		if text.Len() == 0 {
			text.WriteString(": alive\n\n")
		}
		_ = out.SetWriteDeadline(time.Now().Add(streamWrite)) // a recorder in a test has none
		if _, err := c.w.Write([]byte(text.String())); err != nil || out.Flush() != nil {
			return nil
		}
		if len(items) == streamBatch {
			continue
		}
		heartbeat.Reset(streamHeartbeat)
		select {
		case <-wake:
			if !c.pause(streamCollect) {
				return nil
			}
		case <-heartbeat.C:
		case <-c.r.Context().Done():
			return nil
		case <-c.h.done:
			return nil
		}
	}
}

// pause waits, and reports whether the stream goes on.
func (c *call) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.r.Context().Done():
	case <-c.h.done:
	}
	return false
}
