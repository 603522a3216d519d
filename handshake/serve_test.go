package handshake

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func TestManyClientsDialAtOnce(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "owned"), nil)
	var running sync.WaitGroup
	for range 40 {
		running.Add(1)
		go func() {
			defer running.Done()
			conn, err := server.Dial(t.Context(), "/ws/room", nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.CloseNow()
			if err := conn.Write(t.Context(), websocket.MessageText, []byte("{}")); err != nil {
				t.Error(err)
				return
			}
			if _, message, err := conn.Read(t.Context()); err != nil || string(message) != `{"message":"pong"}` {
				t.Errorf("message %q, %v", message, err)
			}
		}()
	}
	running.Wait()
	if n := len(server.Reports()); n != 40 {
		t.Errorf("%d reports, want 40", n)
	}
	for _, r := range server.Reports() {
		if r.Outcome != Accepted || r.Event == nil {
			t.Errorf("report %s", r.Text())
		}
	}
}

func TestCloseEndsOpenConnections(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "external"), nil)
	conn, err := server.Dial(t.Context(), "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, _, err := conn.Read(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("read after Close: %v", err)
	}
	if _, err := server.Dial(t.Context(), "/", nil); err == nil {
		t.Error("a closed server takes a connection")
	}
}

func TestAMessageBeyond128KBClosesTheConnection(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "owned"), nil)
	conn, err := server.Dial(t.Context(), "/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if err := conn.Write(t.Context(), websocket.MessageText, make([]byte, 129<<10)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
		t.Errorf("read: %v, want the status %d", err, websocket.StatusMessageTooBig)
	}
}

func TestASlowConnectIsA504AfterTheReadTimeout(t *testing.T) {
	t.Parallel()
	answer := make(chan struct{})
	server := serve(t, parse(t, "authorizer", func(d map[string]any) {
		object(origin0(d)["CustomOriginConfig"])["OriginReadTimeout"] = 1
	}, nil), &Options{Connect: func(*ConnectEvent) ConnectResponse {
		<-answer
		return ConnectResponse{}
	}})
	t.Cleanup(func() { close(answer) }) // before the server is closed
	_, err := server.Dial(t.Context(), signedIn.Path, &websocket.DialOptions{HTTPHeader: signedIn.Header})
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Status != 504 || !strings.Contains(refusal.Reason, "read timeout of 1s") {
		t.Errorf("error %v", err)
	}
}

func TestTheAPICannotBeReachedWithoutItsKey(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "owned"), nil)
	var refusal *Refusal
	if _, err := server.DialAPI(t.Context(), "", nil); !errors.As(err, &refusal) || refusal.Rule != "api.key" {
		t.Errorf("around the edge: %v", err)
	}
	open := serve(t, load(t, "external"), nil)
	conn, err := open.DialAPI(t.Context(), "", nil)
	if err != nil {
		t.Fatalf("an API without lock: %v", err)
	}
	if err := conn.CloseNow(); err != nil {
		t.Error(err)
	}
	if _, err := open.DialAPI(t.Context(), "", &websocket.DialOptions{Host: "127.0.0.1"}); !errors.As(err, &refusal) || refusal.Rule != "api.host" {
		t.Errorf("with a Host that is not the API's: %v", err)
	}
}

func TestTheViewerSecurityPolicyBoundsTLS(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]bool{"TLSv1.2_2021": true, "TLSv1.3_2025": false} {
		server := serve(t, parse(t, "owned", func(d map[string]any) {
			object(config(d)["ViewerCertificate"])["MinimumProtocolVersion"] = policy
		}, nil), nil)
		conn, err := tls.Dial("tcp", strings.TrimPrefix(server.URL(), "wss://"),
			&tls.Config{RootCAs: server.CertPool(), MaxVersion: tls.VersionTLS12})
		if (err == nil) != want {
			t.Errorf("%s with TLS 1.2: %v", policy, err)
		}
		if err == nil {
			conn.Close()
		}
	}
}

func TestALotOfReportsAreBounded(t *testing.T) {
	t.Parallel()
	s := &Server{}
	for range maxReports + 5 {
		s.finish(&Report{})
	}
	if n := len(s.Reports()); n != maxReports {
		t.Errorf("%d reports are kept, want %d", n, maxReports)
	}
}

// certificateFile writes the server's certificate for clients that are programs.
func certificateFile(t *testing.T, server *Server) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.cert.Certificate[0]}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const nodeClient = `
const https = require('https'), crypto = require('crypto'), fs = require('fs');
const [url, ca] = process.argv.slice(1);
const key = crypto.randomBytes(16).toString('base64');
const req = https.request(url.replace('wss:', 'https:'), { ca: fs.readFileSync(ca), headers: {
  Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Version': '13' } });
req.on('upgrade', (res, socket) => {
  const want = crypto.createHash('sha1').update(key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  console.log(res.statusCode, res.headers['sec-websocket-accept'] === want);
  const mask = Buffer.from([1, 2, 3, 4]), text = Buffer.from('{}');
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), mask, text.map((b, i) => b ^ mask[i % 4])]));
  socket.on('data', d => { console.log(d.subarray(2).toString()); socket.destroy(); });
});
req.on('response', res => { console.log(res.statusCode, res.headers['x-handshake-rule']); process.exit(0); });
req.on('error', e => { console.log(e.message); process.exit(1); });
req.end();
`

func TestNodeConnects(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not on the PATH: the handshake of Node is not tried")
	}
	server := serve(t, load(t, "owned"), nil)
	ca := certificateFile(t, server)
	for path, want := range map[string]string{"/ws": "101 true\n{\"message\":\"pong\"}", "/elsewhere": "403 origin.s3"} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		out, err := exec.CommandContext(ctx, node, "-e", nodeClient, server.URL()+path, ca).CombinedOutput()
		cancel()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %v, %s; want %s", path, err, out, want)
		}
	}
}

const browserPage = `<!doctype html><title>page</title><script>
const socket = new WebSocket('URL');
socket.onopen = () => socket.send('hello');
socket.onmessage = e => socket.send('got ' + e.data);
</script>`

func TestABrowserConnects(t *testing.T) {
	t.Parallel()
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("chromium is not on the PATH: the handshake of a browser is not tried")
	}
	answered := make(chan string, 8)
	server := serve(t, load(t, "external"), &Options{Message: func(_ string, message []byte) []byte {
		if string(message) == "hello" {
			return []byte("world")
		}
		answered <- string(message)
		return nil
	}})
	// Not t.TempDir: the browser's helpers may still write while they end.
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	page := filepath.Join(dir, "page.html")
	if err := os.WriteFile(page, []byte(strings.ReplaceAll(browserPage, "URL", server.URL()+"/")), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	command := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--ignore-certificate-errors", "--no-first-run", "--user-data-dir="+filepath.Join(dir, "profile"), "file://"+page)
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	defer func() {
		cancel()
		_ = command.Wait() // it was killed
	}()
	select {
	case got := <-answered:
		if got != "got world" {
			t.Errorf("the page answers %q, want %q", got, "got world")
		}
	case <-ctx.Done():
		way := "no handshake came"
		if r := server.Last(); r != nil {
			way = r.Text()
		}
		t.Fatalf("the page did not answer: %s", way)
	}
	event := server.Last().Event
	if event.Header("Sec-WebSocket-Extensions") == "" || event.Header("User-Agent") != "Amazon CloudFront" || event.Header("Origin") != "" {
		t.Errorf("what $connect sees of a browser: %v", event.Headers)
	}
}
