package cdktest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Stack is a synthesized stack as plain data, which outlives the CDK's process.
type Stack struct {
	// Template is what CloudFormation gets.
	Template map[string]any
	// Settings are what the assembly says of the stack beside its template, such as
	// its environment and whether it is protected from deletion.
	Settings map[string]any
	// Annotations are the warnings and errors on the stack's constructs, sorted.
	Annotations []string
}

// Assembly reads the stacks of the cloud assembly in dir, by the stack's name. That
// is much cheaper than to ask the CDK, which synthesizes the whole app again for the
// annotations of each of its stacks.
func Assembly(t testing.TB, dir string) map[string]Stack {
	t.Helper()
	type entry struct {
		Type string
		Data any
	}
	var manifest struct {
		Artifacts map[string]struct {
			Type, Environment, AdditionalMetadataFile string
			Properties                                map[string]any
			Metadata                                  map[string][]entry
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
		metadata := artifact.Metadata
		if file := artifact.AdditionalMetadataFile; file != "" {
			decode(t, filepath.Join(dir, file), &metadata)
		}
		for path, entries := range metadata {
			for _, e := range entries {
				if text, ok := e.Data.(string); ok && (e.Type == "aws:cdk:warning" || e.Type == "aws:cdk:error") {
					stack.Annotations = append(stack.Annotations, path+": "+text)
				}
			}
		}
		slices.Sort(stack.Annotations)
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
