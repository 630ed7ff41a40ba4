/** What Java takes and this engine refuses on purpose. */
export const JAVA_ONLY =
  /look-ahead|look-behind|named group|atomic group|inline flags|possessive|back-reference|octal|Unicode property|quoting with|the escape \\[a-zA-Z]|\\[Az]|class inside a class|intersection|qualified \\b|nothing before it to repeat/;
