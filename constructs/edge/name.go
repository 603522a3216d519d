package edge

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// stackNamePart is how much of the stack's name a physical name shows: the name
// of a CloudFront function holds 64 characters, of which the hash takes 8, the
// longest region name 14 and two hyphens the rest.
const stackNamePart = 64 - 8 - 14 - 2

// physicalName names resource of scope, one of the CloudFront resources whose
// names are unique in the account, so that it collides with that of no other
// environment, region or construct. The CDK's own default carries neither the
// region (aws-cdk issue 34336) nor the stack's name.
//
// The name shows the outermost stack and the region; the hash tells apart what
// is within them, and stacks whose names are alike for the part shown.
func physicalName(scope constructs.Construct, resource string) *string {
	stack := awscdk.Stack_Of(scope)
	region := *stack.Region()
	for parent := stack.NestedStackParent(); parent != nil; parent = stack.NestedStackParent() {
		stack = parent
	}
	name := *stack.StackName()
	hash := sha256.Sum256([]byte(name + "\n" + *scope.Node().Addr() + "\n" + resource))
	if len(name) > stackNamePart {
		name = strings.TrimRight(name[:stackNamePart], "-")
	}
	name = fmt.Sprintf("%s-%x-%s", name, hash[:4], region)
	return &name
}

// childID is the id of a child construct that is there for path: id, and
// the path with a dot for each slash. Letters, digits and hyphens stand for
// themselves, other characters are an underscore and two hexadecimal digits. So no
// two paths have the same id, and none holds a blank.
func childID(id, path string) string {
	var b strings.Builder
	b.WriteString(id)
	for _, c := range []byte(path) {
		switch {
		case c == '/':
			b.WriteByte('.')
		case c == '-', '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "_%02x", c)
		}
	}
	return b.String()
}
