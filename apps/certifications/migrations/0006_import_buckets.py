from django.db import migrations, models


class Migration(migrations.Migration):
    """Staging holds nothing worth keeping: it is read again from the stored file."""

    dependencies = [("certifications", "0005_leaner_indexes")]

    operations = [
        migrations.RunSQL("TRUNCATE certifications_importrow", migrations.RunSQL.noop),
        migrations.AddField("importrow", "bucket", models.SmallIntegerField(default=0, help_text="0 to 63 by holder: one chunk writes all rows of a firm"), preserve_default=False),
        migrations.AddField("importrow", "scope_text", models.TextField(blank=True, default="", help_text="scope folded, and the text form of its search vector"), preserve_default=False),
        migrations.AddField("importrow", "scope_vector", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("importrow", "products_text", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("importrow", "products_vector", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddIndex("importrow", models.Index(fields=["batch_id", "bucket"], name="import_row_bucket")),
        migrations.RemoveConstraint("importchunk", "import_chunk_once"),
        migrations.RenameField("importchunk", "first_row", "first_bucket"),
        migrations.RenameField("importchunk", "last_row", "last_bucket"),
        migrations.AlterField("importchunk", "first_bucket", models.SmallIntegerField()),
        migrations.AlterField("importchunk", "last_bucket", models.SmallIntegerField()),
        migrations.AddConstraint("importchunk", models.UniqueConstraint(fields=["batch", "first_bucket"], name="import_chunk_once")),
    ]
