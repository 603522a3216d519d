package function

import (
	"regexp"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
)

// Function is an AWS::CloudFront::Function.
type Function struct {
	// ID is the logical id.
	ID string
	// Place is where its properties are in the template.
	Place string
	// ARN is the one that Fn::GetAtt gives, and Name the function's own.
	ARN, Name string
	// Code is the source.
	Code string
	// Runtime is the name of the runtime.
	Runtime string
	// Published says that the template publishes it.
	Published bool
	// Stores is the number of key value stores associated.
	Stores int
	// Problem is what could not be resolved; nil for nothing.
	Problem error
}

// Names are what CloudFront calls its functions and key value stores.
func Names() cfn.Names {
	logicalID := func(n cfn.Named) (any, error) { return n.ID, nil }
	function := func(n cfn.Named) (any, error) { return arn(n.Environment, n.ID), nil }
	return cfn.Names{
		"AWS::CloudFront::Function":                              function,
		"AWS::CloudFront::Function.FunctionARN":                  function,
		"AWS::CloudFront::Function.FunctionMetadata.FunctionARN": function,
		"AWS::CloudFront::KeyValueStore.Id":                      logicalID,
		"AWS::CloudFront::KeyValueStore.Arn": func(n cfn.Named) (any, error) {
			return n.ARN("cloudfront", "", n.InAccount(), "key-value-store/"+n.ID), nil
		},
	}
}

func arn(e *cfn.Environment, id string) string {
	return e.ARN("cloudfront", "", e.InAccount(), "function/"+id)
}

// Read reads the functions of a template, sorted by logical id.
func Read(t *cfn.Template) []*Function {
	var functions []*Function
	for _, r := range t.Of("AWS::CloudFront::Function") {
		p := t.Properties(r)
		f := &Function{
			ID:        r.ID,
			Place:     p.Place,
			ARN:       arn(&t.Environment, r.ID),
			Name:      p.Aside().Text("Name"),
			Code:      p.Text("FunctionCode"),
			Runtime:   p.Child("FunctionConfig").Text("Runtime"),
			Published: p.Flag("AutoPublish", false),
			Stores:    len(p.Child("FunctionConfig").Children("KeyValueStoreAssociations")),
		}
		f.Problem = p.Err()
		functions = append(functions, f)
	}
	return functions
}

// Has says whether an ARN is the function's: by its stand-in, or by its name.
func (f *Function) Has(arn string) bool {
	return arn == f.ARN || f.Name != "" && strings.HasPrefix(arn, "arn:") && strings.HasSuffix(arn, ":function/"+f.Name)
}

// first says whether the function runs in runtime 1.0.
func (f *Function) first() bool { return f.Runtime == "cloudfront-js-1.0" }

// ChoosesOrigin says whether the code may send the request to another origin.
func (f *Function) ChoosesOrigin() bool { return strings.Contains(f.Code, "RequestOrigin") }

// imports are the modules of the runtime, as an import statement names them: at the
// start of a line, behind a semicolon or behind a comment.
var imports = regexp.MustCompile(`(?m)(^|;|\*/)([ \t]*)import\s+([A-Za-z_$][\w$]*)\s+from\s+['"](cloudfront|crypto|querystring|buffer)['"]`)

// script is the code with its import statements made into bindings, which is
// all of modules that the engine needs.
func (f *Function) script() string {
	return imports.ReplaceAllString(f.Code, "${1}${2}const ${3} = require('${4}')")
}
