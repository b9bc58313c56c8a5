package platform

import "testing"

func TestReaches(t *testing.T) {
	own := []string{"", "https://shop.example/callbacks", "http://merchant:8080/hook"}
	for address, want := range map[string]bool{
		"http://127.0.0.1:8080/x": true, "http://localhost/x": true, "http://[::1]:1/x": true,
		"https://shop.example/callbacks": true, "https://SHOP.example/other": true, "http://merchant:8080/deposit": true,
		"": false, "x": false, "://": false, "http://169.254.169.254/latest": false, "http://merchant:22/": false,
		"http://merchant/": false, "http://shop.example/callbacks": false, "https://shop.example:8443/": false,
		"http://127.0.0.1@elsewhere.example/": false, "http://localhost.elsewhere.example/": false, "http://10.0.0.1/": false,
	} {
		if Reaches(address, own...) != want {
			t.Errorf("%s: %t", address, !want)
		}
	}
}
