import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Applies for a card and opens its number with the published client. */
public class SampleRun {
    public static void main(String[] args) throws Exception {
        byte[] aes = CardApiClient.decodeAESKey(System.getenv("AES_KEY"));
        call("/api/v1/card/virtual/apply", aes, "{\"merchant_card_id\":\"mc_java\",\"card_type\":\"VIRTUAL-R\","
            + "\"card_bin_id\":\"2\",\"first_recharge_amount\":\"100.00\",\"email\":\"z\u00e4hler@example.com\"}");
        for (int i = 0; i < 200; i++) {
            String card = call("/api/v1/card/virtual/get_info", aes, "{\"merchant_card_id\":\"mc_java\"}");
            String number = field(card, "card_number");
            if (!number.isEmpty()) {
                System.out.println("card number of " + CardApiClient.decryptAESGCM(number, aes).length()
                    + " digits, CVV of " + CardApiClient.decryptAESGCM(field(card, "cvv"), aes).length());
                return;
            }
            Thread.sleep(20);
        }
        throw new Exception("the card was not issued");
    }

    private static String call(String path, byte[] aes, String payload) throws Exception {
        HttpResponse<String> response = CardApiClient.sendSignedRequest(
            System.getenv("BASE_URL") + path, System.getenv("APP_ID"), System.getenv("PRIVATE_KEY"), aes, payload);
        if (response.statusCode() != 200 || !response.body().contains("\"code\":0")) {
            throw new Exception("status " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    private static String field(String json, String name) {
        Matcher m = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        return m.find() ? m.group(1) : "";
    }
}
