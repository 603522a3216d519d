package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
)

// The CDK's validation of templates costs more than the tests; the environment is
// read when its process starts, which Close puts off.
func TestMain(m *testing.M) {
	os.Setenv("CDK_VALIDATION", "false")
	jsii.Close()
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

func template() assertions.Template {
	return assertions.Template_FromStack(newSite(awscdk.NewApp(nil), "Site"), nil)
}

// behaviors returns the paths of the distribution, each with its origin's host.
func behaviors(t *testing.T) map[string]any {
	t.Helper()
	hosts := map[any]any{}
	paths := map[string]any{}
	for _, resource := range *template().FindResources(jsii.String("AWS::CloudFront::Distribution"), nil) {
		config := (*resource)["Properties"].(map[string]any)["DistributionConfig"].(map[string]any)
		for _, origin := range config["Origins"].([]any) {
			o := origin.(map[string]any)
			hosts[o["Id"]] = o["DomainName"]
		}
		behaviors, _ := config["CacheBehaviors"].([]any)
		for _, behavior := range behaviors {
			b := behavior.(map[string]any)
			paths[b["PathPattern"].(string)] = hosts[b["TargetOriginId"]]
		}
		paths["*"] = hosts[config["DefaultCacheBehavior"].(map[string]any)["TargetOriginId"]]
	}
	return paths
}

func TestTheSocketIsUnderItsPathAndTheSiteEverywhereElse(t *testing.T) {
	paths := behaviors(t)
	if len(paths) != 3 {
		t.Errorf("want /ws, what is below it, and the site, got %v", paths)
	}
	for _, path := range []string{"/ws", "/ws/*"} {
		if paths[path] != "abc.execute-api.eu-west-1.amazonaws.com" {
			t.Errorf("%s: want the API, got %v", path, paths[path])
		}
	}
	if _, bucket := paths["*"].(map[string]any); !bucket {
		t.Errorf("want the bucket as the default origin, got %v", paths["*"])
	}
}

func TestTheBucketIsReadThroughCloudFrontAlone(t *testing.T) {
	template().HasResourceProperties(jsii.String("AWS::S3::BucketPolicy"), map[string]any{
		"PolicyDocument": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{
			assertions.Match_ObjectLike(&map[string]any{
				"Action": "s3:GetObject", "Effect": "Allow",
				"Principal": map[string]any{"Service": "cloudfront.amazonaws.com"},
			}),
		})},
	})
}

func TestOnlyTheSitesPagesMayConnect(t *testing.T) {
	template().HasResourceProperties(jsii.String("AWS::CloudFront::Function"), map[string]any{
		"FunctionCode": assertions.Match_StringLikeRegexp(jsii.String(`"origins":" ?https://www\.example\.com`)),
	})
}

// What the socket adds to the site's stack is this and no more.
func TestTheSocketAddsAPolicyAndAFunction(t *testing.T) {
	resources := (*template().ToJSON())["Resources"].(map[string]any)
	var added []string
	for id, resource := range resources {
		if strings.HasPrefix(id, "Socket") {
			added = append(added, resource.(map[string]any)["Type"].(string))
		}
	}
	slices.Sort(added)
	if want := []string{"AWS::CloudFront::Function", "AWS::CloudFront::OriginRequestPolicy"}; !slices.Equal(added, want) {
		t.Errorf("want %v, got %v", want, added)
	}
}
