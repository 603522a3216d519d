package cfn

import "fmt"

// budget counts what a template expands to. Intrinsic functions can repeat what they
// refer to, and that can again: a few hundred bytes can mean gigabytes.
type budget struct{ values, text int }

var (
	// perProperty is far more than a property can be: a template has at most 1 MB
	// (CloudFormation User Guide, "CloudFormation quotas").
	perProperty = budget{values: 100_000, text: 4 << 20}
	perTemplate = budget{values: 4_000_000, text: 64 << 20}
)

// spend counts values and bytes of text; the error says that there are too many.
func (b *budget) spend(values, text int, most budget) error {
	b.values += values
	b.text += text
	switch {
	case b.values > most.values:
		return fmt.Errorf("expands to more than %d values", most.values)
	case b.text > most.text:
		return fmt.Errorf("expands to more than %d bytes", most.text)
	}
	return nil
}
