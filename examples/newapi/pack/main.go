// Command pack builds the Lambda function for where it runs, into the folder that
// the app deploys. It needs nothing but Go, on any system, and the same source
// gives the same bytes, so that a deploy without a change changes nothing.
package main

import (
	"log"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	// Lambda runs the file of this name; see runtime PROVIDED_AL2023.
	out := filepath.Join("dist", "handler", "bootstrap")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-tags=lambda.norpc", "-o", out, "./handler")
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		log.Fatalf("%v: %v", build, err)
	}
}
