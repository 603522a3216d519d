package lambdaedge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// Check finds what CloudFront refuses of an association and of the function behind it.
func (a Association) Check(found *trace.Findings) {
	a.checkARN(found)
	if a.includeBody && strings.HasSuffix(a.Event, "-response") {
		found.Add(Body, strings.TrimSuffix(a.Place, "LambdaFunctionARN")+"IncludeBody", "IncludeBody is on, and %s has no request body", a.Event)
	}
	if a.Function != nil {
		a.Function.check(a.Event, found)
	}
}

func (a Association) checkARN(found *trace.Findings) {
	switch a.kind {
	case "AWS::Lambda::Function":
		found.Add(ARN, a.Place, "the ARN is that of function %s without a version", a.Name())
		return
	case "AWS::Lambda::Alias":
		found.Add(ARN, a.Place, "the ARN is that of an alias of function %s", a.Name())
		return
	case "AWS::Lambda::Version":
		// Without a region nothing is known of where the stack is.
		if f := a.Function; f != nil && f.template.Region != "" && f.template.Region != "us-east-1" {
			found.Add(ARN, a.Place, "function %s is in %s with its stack, and Lambda@Edge takes functions of us-east-1 only", f.ID, f.template.Region)
		}
		return
	}
	if a.ARN == "" || strings.Contains(a.ARN, "${") || strings.Contains(a.ARN, "{{resolve:") {
		return
	}
	region, qualifier, ok := parse(a.ARN)
	switch {
	case !ok:
		found.Add(ARN, a.Place, "%q is not the ARN of a Lambda function's version", trace.Short(a.ARN))
	case !number.MatchString(qualifier):
		found.Add(ARN, a.Place, "the ARN %s ends in %q, not in the number of a version", trace.Short(a.ARN), qualifier)
	case region != "us-east-1":
		found.Add(ARN, a.Place, "the function is in %s, and Lambda@Edge takes functions of us-east-1 only", region)
	}
}

func (f *Function) check(event string, found *trace.Findings) {
	p := f.properties
	for _, feature := range []struct{ property, name string }{
		{"VpcConfig", "a VPC"}, {"DeadLetterConfig", "a dead-letter queue"}, {"Layers", "layers"}, {"ImageConfig", "a container image"},
		{"ReservedConcurrentExecutions", "reserved concurrency"}, {"FileSystemConfigs", "a file system"},
	} {
		if v := p.Value(feature.property); v != nil && !empty(v) {
			found.Add(Features, f.Place+"."+feature.property, "function %s has %s, which Lambda@Edge does not support", f.ID, feature.name)
		}
	}
	if names := p.Child("Environment").TextMap("Variables"); len(names) > 0 {
		found.Add(Features, f.Place+".Environment", "function %s has environment variables, which Lambda@Edge does not support", f.ID)
	}
	if p.Text("PackageType") == "Image" {
		found.Add(Features, f.Place+".PackageType", "function %s is a container image, which Lambda@Edge does not support", f.ID)
	}
	if slices.Contains(p.Texts("Architectures"), "arm64") {
		found.Add(Features, f.Place+".Architectures", "function %s is for arm64, and Lambda@Edge runs on x86_64", f.ID)
	}
	if p.Child("TracingConfig").Text("Mode") == "Active" {
		found.Add(Features, f.Place+".TracingConfig", "function %s is traced by X-Ray, which Lambda@Edge does not support", f.ID)
	}
	if size := p.Child("EphemeralStorage").Number("Size", 512); size > 512 {
		found.Add(Features, f.Place+".EphemeralStorage", "function %s has %v MB of /tmp, and Lambda@Edge has 512", f.ID, size)
	}
	if f.runtime != "" && !strings.HasPrefix(f.runtime, "nodejs") && !strings.HasPrefix(f.runtime, "python") {
		found.Add(Runtime, f.Place+".Runtime", "function %s has the runtime %s, and Lambda@Edge runs Node.js and Python", f.ID, f.runtime)
	}
	memory, timeout := 10240.0, 30.0
	if strings.HasPrefix(event, "viewer-") {
		memory, timeout = 128, 5
	}
	for _, quota := range []struct {
		property, unit string
		most           float64
	}{{"MemorySize", "MB", memory}, {"Timeout", "s", timeout}} {
		if n := p.Number(quota.property, 0); n > quota.most {
			found.AddFixed(Quota, f.Place+"."+quota.property, fmt.Sprintf("set %s to %v or less", quota.property, quota.most),
				"function %s has %s %v, and on %s at most %v %s are allowed", f.ID, quota.property, n, event, quota.most, quota.unit)
		}
	}
	f.checkRole(found)
}

func empty(v any) bool {
	if list := cfn.List(v); list != nil {
		return len(list) == 0
	}
	if object := cfn.Object(v); object != nil {
		return len(object) == 0
	}
	return cfn.Text(v) == ""
}

// checkRole looks at who may assume the function's role, if that is in the template.
func (f *Function) checkRole(found *trace.Findings) {
	r := f.template.Resource(f.role)
	if r == nil || r.Type != "AWS::IAM::Role" {
		return
	}
	p := f.template.Properties(r).Aside()
	document := cfn.Object(p.Value("AssumeRolePolicyDocument"))
	if document == nil {
		return
	}
	var services []string
	statements := cfn.List(document["Statement"])
	if one := cfn.Object(document["Statement"]); one != nil {
		statements = []any{one}
	}
	for _, s := range statements {
		statement := cfn.Object(s)
		if cfn.Text(statement["Effect"]) != "Allow" {
			continue
		}
		principal := cfn.Object(statement["Principal"])["Service"]
		services = append(services, cfn.Text(principal))
		for _, service := range cfn.List(principal) {
			services = append(services, cfn.Text(service))
		}
	}
	var missing []string
	for _, service := range []string{"lambda.amazonaws.com", "edgelambda.amazonaws.com"} {
		if !slices.Contains(services, service) {
			missing = append(missing, service)
		}
	}
	if len(missing) > 0 {
		found.Add(Role, p.Place+".AssumeRolePolicyDocument", "role %s of Lambda@Edge function %s cannot be assumed by %s", r.ID, f.ID, strings.Join(missing, " and "))
	}
}
