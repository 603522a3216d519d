package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The limits of tags (AWS General Reference, "Tag naming limits and
// requirements"; CloudFront Developer Guide, "Quotas").
const (
	MaxTags     = 50
	MaxTagKey   = 128
	MaxTagValue = 256
)

var tagCharacters = regexp.MustCompile(`^[\p{L}\p{Zs}\p{N}_.:/=+\-@]*$`)

// Tags are those of a stack, which every resource of it that takes tags gets.
type Tags map[string]string

// Problems lists what is wrong with t, which stands under the field Tags.
func (t Tags) Problems() (p Problems) {
	for _, key := range slices.Sorted(maps.Keys(t)) {
		p.Add(Field("Tags").Key(key), Tag(key, t[key]))
	}
	if len(t) > MaxTags {
		p.Addf("Tags", "must have at most %d entries, got %d; drop some", MaxTags, len(t))
	}
	return p
}

// Tag accepts a tag of a stack's resources.
func Tag(key, value string) error {
	switch {
	case key == "" || len([]rune(key)) > MaxTagKey || !tagCharacters.MatchString(key):
		return fmt.Errorf("must have a key of 1 to %d letters, digits, spaces and _.:/=+-@, got one of %d; use those only", MaxTagKey, len([]rune(key)))
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return fmt.Errorf("must not start with aws:, which AWS keeps for itself; choose another prefix")
	case len([]rune(value)) > MaxTagValue || !tagCharacters.MatchString(value):
		return fmt.Errorf("must have a value of at most %d letters, digits, spaces and _.:/=+-@, got %q", MaxTagValue, value)
	}
	return nil
}
