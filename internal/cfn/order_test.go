package cfn

import "testing"

func TestAResourceFollowsWhatItDependsOnAndRefersTo(t *testing.T) {
	t.Parallel()
	resource := func(properties map[string]any, dependsOn any) map[string]any {
		return map[string]any{"Type": "X::Y::Z", "Properties": properties, "DependsOn": dependsOn}
	}
	template, err := Parse(map[string]any{"Resources": map[string]any{
		"First": resource(nil, nil),
		"Ref":   resource(map[string]any{"A": []any{map[string]any{"Ref": "First"}}}, nil),
		"Att":   resource(map[string]any{"A": map[string]any{"Fn::GetAtt": []any{"First", "Arn"}}}, nil),
		"Dot":   resource(map[string]any{"A": map[string]any{"Fn::GetAtt": "First.Arn"}}, nil),
		"Sub":   resource(map[string]any{"A": map[string]any{"Fn::Sub": "x${First.Arn}y"}}, nil),
		"Vars":  resource(map[string]any{"A": map[string]any{"Fn::Sub": []any{"${v}", map[string]any{"v": map[string]any{"Ref": "First"}}}}}, nil),
		"One":   resource(nil, "First"),
		"List":  resource(nil, []any{"Other", "First"}),
		"Far":   resource(nil, "Sub"),
		"Text":  resource(map[string]any{"A": "First"}, nil),
		"Loop":  resource(nil, "Back"),
		"Back":  resource(nil, "Loop"),
	}}, Environment{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	order := template.Order()
	for id, want := range map[string]bool{"Ref": true, "Att": true, "Dot": true, "Sub": true, "Vars": true, "One": true, "List": true, "Far": true,
		"Text": false, "Loop": false, "First": false} {
		r, other := template.resources[id], template.resources["First"]
		if got := order.Follows(r, other); got != want {
			t.Errorf("Follows(%s): %v, want %v", id, got, want)
		}
		direct := want && id != "Far"
		if got := order.Refers(r, other); got != direct {
			t.Errorf("Refers(%s): %v, want %v", id, got, direct)
		}
	}
}
