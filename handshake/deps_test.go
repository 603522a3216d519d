package handshake

import (
	"os/exec"
	"strings"
	"testing"
)

func TestThePackageNeedsNeitherJsiiNorCDK(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 10 {
		t.Fatalf("go list gives %d packages", len(deps))
	}
	for _, dep := range deps {
		if strings.Contains(dep, "jsii") || strings.Contains(dep, "awscdk") {
			t.Errorf("handshake depends on %s; it runs in milliseconds and under -race because it does not", dep)
		}
	}
}
