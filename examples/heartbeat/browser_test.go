package heartbeat

import (
	"os"
	"testing"

	"github.com/dop251/goja"
)

// browser is what heartbeat.js needs of one: a clock that tests turn, and sockets
// that they see.
const browser = `
var now = 0, timers = [], sockets = [], states = [], messages = [], chance = 0.5;
Math.random = function () { return chance; };
function setTimeout(then, after) { var t = { at: now + after, then: then }; timers.push(t); return t; }
function clearTimeout(t) { timers = timers.filter(function (other) { return other !== t; }); }
function advance(ms) {
    var end = now + ms;
    for (;;) {
        var due = timers.filter(function (t) { return t.at <= end; }).sort(function (a, b) { return a.at - b.at; })[0];
        if (!due) { break; }
        now = due.at;
        clearTimeout(due);
        due.then();
    }
    now = end;
}
function WebSocket(url) { this.url = url; this.sent = []; this.readyState = 0; sockets.push(this); }
WebSocket.prototype.send = function (data) {
    this.sent.push(data);
    if (this.answers) { this.onmessage({ data: 'pong' }); }
};
WebSocket.prototype.close = function () { this.readyState = 3; };
function open(answers) { var s = sockets[sockets.length - 1]; s.answers = answers; s.readyState = 1; s.onopen(); return s; }
function start(options) {
    return keepConnected('wss://ws.example.com', Object.assign({
        onState: function (s) { states.push(s); }, onMessage: function (m) { messages.push(m); }
    }, options));
}
var minutes = 60 * 1000;
`

func TestTheBrowsersClient(t *testing.T) {
	source, err := os.ReadFile("heartbeat.js")
	if err != nil {
		t.Fatal(err)
	}
	for name, script := range map[string]string{
		"an answered heartbeat keeps the connection": `
			start(); var s = open(true); advance(60 * minutes);
			sockets.length === 1 && s.sent.length === 15 && s.sent[0] === '{"action":"ping"}' && messages.length === 15`,
		"a heartbeat without an answer is a lost connection": `
			start(); open(false); advance(4 * minutes + 15 * 1000 - 1);
			var before = sockets.length; advance(1 + 500); before === 1 && sockets.length === 2 && sockets[0].readyState === 3`,
		"it connects anew before API Gateway closes": `
			start(); open(true); advance(115 * 0.95 * minutes + 500); sockets.length === 2`,
		"the wait doubles up to a minute, and is chosen at random": `
			start(); var waits = [];
			for (var i = 0; i < 9; i++) { sockets[i].onclose(); waits.push(timers[0].at - now); advance(minutes); }
			waits.join() === '500,1000,2000,4000,8000,16000,30000,30000,30000'`,
		"the wait may be nothing": `
			chance = 0; start(); sockets[0].onclose(); timers[0].at - now === 0`,
		"a message starts the waits anew": `
			start(); sockets[0].onclose(); advance(500); sockets[1].onclose(); advance(1000);
			open(true).onmessage({ data: 'x' }); sockets[2].onclose(); timers[0].at - now === 500`,
		"a socket that has failed is heard no more": `
			start(); var s = open(true); s.onerror(); s.onclose === null && s.onmessage === null && timers.length === 1`,
		"each handshake may have a fresh token": `
			var n = 0; keepConnected(function () { return 'wss://ws.example.com?token=' + ++n; });
			sockets[0].onclose(); advance(500); sockets[1].url === 'wss://ws.example.com?token=2'`,
		"what is closed stays closed": `
			var c = start(); open(true); c.close(); advance(120 * minutes);
			sockets.length === 1 && timers.length === 0 && states.join() === 'open,closed'`,
		"closed while it waits, it stays closed": `
			var c = start(); sockets[0].onclose(); c.close(); advance(120 * minutes); sockets.length === 1`,
		"nothing is sent into the void": `
			var c = start(), threw = false; try { c.send('x'); } catch (e) { threw = true; }
			var s = open(false); c.send('y'); threw && s.sent.join() === 'y'`,
	} {
		t.Run(name, func(t *testing.T) {
			vm := goja.New()
			for _, part := range []string{browser, string(source)} {
				if _, err := vm.RunString(part); err != nil {
					t.Fatal(err)
				}
			}
			got, err := vm.RunString(script)
			if err != nil {
				t.Fatal(err)
			}
			if !got.ToBoolean() {
				state, _ := vm.RunString("JSON.stringify({ sockets: sockets.length, timers: timers.length, states: states, messages: messages.length, now: now })")
				t.Errorf("does not hold: %v", state)
			}
		})
	}
}
