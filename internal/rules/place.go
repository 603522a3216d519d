package rules

import (
	"fmt"
	"slices"
	"strings"
)

// countries are the codes of ISO 3166-1 alpha-2, 249 since 2011.
var countries = strings.Fields(`
	AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
	BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
	FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
	IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
	ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
	PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
	TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`)

// Country accepts the code of a country, ISO 3166-1 alpha-2 in capitals
// (CloudFront API Reference, "GeoRestriction").
func Country(code string) error {
	upper := strings.ToUpper(code)
	switch {
	case slices.Contains(countries, code):
		return nil
	case upper == "UK":
		return fmt.Errorf("must be an ISO 3166-1 code, got %q; write \"GB\"", code)
	case slices.Contains(countries, upper):
		return fmt.Errorf("must be an ISO 3166-1 code in capitals, got %q; write %q", code, upper)
	}
	return fmt.Errorf("must be an ISO 3166-1 code of two capitals, such as DE, got %q; write the code of a country", code)
}

// Regions are those of the AWS partitions in which CloudFormation knows
// CloudFront. A test holds them against those of the CDK.
var Regions = strings.Fields(`
	af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
	ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
	cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
	il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2`)

// Region accepts the region of a stack.
func Region(name string) error {
	if slices.Contains(Regions, name) {
		return nil
	}
	fix := "a region that is newer than this program is added to Regions in internal/rules"
	if near, ok := Nearest(name, Regions); ok {
		return fmt.Errorf("must be an AWS region, got %q; did you mean %q? (%s)", name, near, fix)
	}
	return fmt.Errorf("must be an AWS region, got %q; write one such as us-east-1 (%s)", name, fix)
}

// InUSEast1 accepts the region of a stack for what CloudFront takes from us-east-1
// only.
func InUSEast1(region string) error {
	if region != "us-east-1" {
		return fmt.Errorf("needs a stack in us-east-1, the only region CloudFront takes it from, got %s; define it in a stack there", region)
	}
	return nil
}

// Nearest returns the one of known that name is likely to mean: the same in
// another case, or different by a letter or two.
func Nearest(name string, known []string) (string, bool) {
	name = strings.ToLower(name)
	best, least := "", min(2, len(name)/3)+1
	for _, k := range known {
		if d := distance(name, strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best, best != ""
}

// distance is the Levenshtein distance of two short texts.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
