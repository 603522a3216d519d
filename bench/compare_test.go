package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	var template map[string]any
	if err := json.Unmarshal([]byte(text), &template); err != nil {
		t.Fatal(err)
	}
	return template
}

const template = `{"Resources": {
	"ApiA1": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "chat"}, "Metadata": {"aws:cdk:path": "x"}},
	"StageB2": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": {"Ref": "ApiA1"}, "StageName": "live"}},
	"Record": {"Type": "AWS::Route53::RecordSet", "Properties": {"Name": "ws.example.com", "Region": {"Ref": "AWS::Region"}}}
}, "Outputs": {"Id": {"Value": {"Fn::GetAtt": ["ApiA1", "ApiId"]}}}}`

func TestLogicalIDsAndMetadataDoNotMatter(t *testing.T) {
	other := strings.NewReplacer("ApiA1", "Other9", "StageB2", "Z", "ws.example.com", "ws.example.com.", `"x"`, `"y"`).Replace(template)
	if err := sameTemplate(parse(t, template), parse(t, other)); err != nil {
		t.Error(err)
	}
}

func TestWhatIsLookedUpByPartitionIsItsValue(t *testing.T) {
	direct := `{"Resources": {"A": {"Type": "T", "Properties": {"Zone": "Z2"}}}}`
	mapped := `{"Resources": {"A": {"Type": "T", "Properties": {"Zone": {"Fn::FindInMap": ["M", {"Ref": "AWS::Partition"}, "zone"]}}}},
		"Mappings": {"M": {"aws": {"zone": "Z2"}, "aws-cn": {"zone": "Z3"}}}}`
	if err := sameTemplate(parse(t, direct), parse(t, mapped)); err != nil {
		t.Error(err)
	}
	if err := sameTemplate(parse(t, direct), parse(t, strings.Replace(mapped, `"Z2"`, `"Z4"`, 1))); err == nil {
		t.Error("want a difference")
	}
}

func TestADifferenceThatDeploysIsFound(t *testing.T) {
	for name, change := range map[string][2]string{
		"a property":             {`"live"`, `"dev"`},
		"a property of a target": {`"chat"`, `"talk"`},
		"a type":                 {"ApiGatewayV2::Stage", "ApiGatewayV2::Route"},
		"what is referred to":    {`"Ref": "ApiA1"`, `"Ref": "Record"`},
		"an output":              {`"Outputs": {"Id"`, `"Outputs": {"Name"`},
		"an attribute":           {`"ApiA1", "ApiId"`, `"ApiA1", "Name"`},
		"a resource less":        {`"Record": {"Type": "AWS::Route53::RecordSet", "Properties": {"Name": "ws.example.com", "Region": {"Ref": "AWS::Region"}}}`, `"Record": {"Type": "X"}`},
	} {
		t.Run(name, func(t *testing.T) {
			other := strings.Replace(template, change[0], change[1], 1)
			if other == template {
				t.Fatal("nothing is changed")
			}
			if err := sameTemplate(parse(t, template), parse(t, other)); err == nil {
				t.Error("want a difference")
			}
		})
	}
}
