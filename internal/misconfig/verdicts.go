package misconfig

import (
	_ "embed"
	"encoding/json"
)

// Verdicts are what other validators say of the mistakes, as internal/compare has
// found it.
type Verdicts struct {
	// CDK, Nag and Lint are name and version of what was run; "" for what was not.
	CDK  string `json:"cdk"`
	Nag  string `json:"nag"`
	Lint string `json:"lint"`
	// Cases are the findings by the case's name. Findings that a validator has on
	// the good template as well are left out.
	Cases map[string]Verdict `json:"cases"`
}

// Verdict are the rules by which the validators find one mistake.
type Verdict struct {
	CDK  []string `json:"cdk,omitempty"`
	Nag  []string `json:"nag,omitempty"`
	Lint []string `json:"lint,omitempty"`
}

//go:embed validators.json
var validators []byte

// Others returns what the other validators say.
func Others() (Verdicts, error) {
	var v Verdicts
	err := json.Unmarshal(validators, &v)
	return v, err
}
