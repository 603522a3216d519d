package cdktest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Stack is a synthesized stack as plain data, which outlives the CDK's process.
type Stack struct {
	// Template is what CloudFormation gets.
	Template map[string]any
	// Settings are what the assembly says of the stack beside its template, such as
	// its environment and whether it is protected from deletion.
	Settings map[string]any
}

// Assembly reads the stacks of the cloud assembly in dir, by the stack's name.
func Assembly(t testing.TB, dir string) map[string]Stack {
	t.Helper()
	var manifest struct {
		Artifacts map[string]struct {
			Type, Environment string
			Properties        map[string]any
		}
	}
	decode(t, filepath.Join(dir, "manifest.json"), &manifest)
	stacks := map[string]Stack{}
	for name, artifact := range manifest.Artifacts {
		if artifact.Type != "aws:cloudformation:stack" {
			continue
		}
		var stack Stack
		decode(t, filepath.Join(dir, artifact.Properties["templateFile"].(string)), &stack.Template)
		stack.Settings = artifact.Properties
		stack.Settings["environment"] = artifact.Environment
		// Its address holds the template's hash, which says nothing of the stack.
		delete(stack.Settings, "stackTemplateAssetObjectUrl")
		stacks[name] = stack
	}
	return stacks
}

func decode(t testing.TB, path string, into any) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
